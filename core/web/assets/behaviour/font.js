// Without a Chinese font a browser draws one and the same box for every character: then it is told where one is.
// (The page itself tells a Linux desktop, so that it need not wait for this; anything else is asked here.)
const place = document.querySelector("meta[name=chinese-font]");

const drawn = (character) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 20;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.font = `16px ${getComputedStyle(document.body).fontFamily}`;
  pen.fillText(character, 1, 16);
  return pen.getImageData(0, 0, 20, 20).data.join();
};

if (place && drawn("党") === drawn("员")) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = place.content;
  document.head.append(sheet);
}
