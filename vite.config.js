// Builds core/web/static/dist: app.css, app.js, the sprite of icons and the mark, each with its hash in its name,
// and manifest.json, which says which is which. Run by `python -m core.web.build`.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { defineConfig } from "vite";

const here = "core/web/assets";

/** The icons named in icons.txt as one SVG file of symbols. */
function sprite() {
  const names = readFileSync(`${here}/icons.txt`, "utf8").split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  const symbols = names.map((name) => {
    const svg = readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
    const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s+/g, " ").replace(/> </g, "><").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

/** Adds the files that no module imports, and writes the manifest. */
function plainFiles() {
  return {
    name: "plain-files",
    generateBundle(_options, bundle) {
      const names = {};
      for (const [key, file] of Object.entries(bundle)) {
        // The stylesheet's entry leaves an empty module behind.
        if (file.type === "chunk" && file.name === "app.css") {
          delete bundle[key];
          continue;
        }
        names[basename(file.fileName).replace(/-[\w-]{8}(?=\.[a-z0-9]+$)/, "")] = file.fileName;
      }
      const add = (name, source) => {
        const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
        const fileName = `${basename(name, extname(name))}-${hash}${extname(name)}`;
        names[name] = fileName;
        this.emitFile({ type: "asset", fileName, source });
      };
      add("icons.svg", sprite());
      add("mark.svg", readFileSync(`${here}/mark.svg`, "utf8"));
      this.emitFile({ type: "asset", fileName: "manifest.json", source: `${JSON.stringify(names, null, 1)}\n` });
    },
  };
}

export default defineConfig({
  root: ".",
  publicDir: false,
  base: "./",
  plugins: [plainFiles()],
  css: { preprocessorOptions: { scss: { quietDeps: true, loadPaths: ["node_modules"], silenceDeprecations: ["import"] } } },
  build: {
    outDir: "core/web/static/dist",
    emptyOutDir: true,
    assetsDir: "",
    target: ["chrome99", "firefox100", "safari15.4"],
    modulePreload: false,
    reportCompressedSize: true,
    rollupOptions: {
      input: { app: `${here}/app.js`, "app.css": `${here}/app.scss` },
      output: { entryFileNames: "[name]-[hash:8].js", assetFileNames: (file) => `${file.names[0].replace(/(\.css)+$/, "")}-[hash:8][extname]` },
    },
  },
});
