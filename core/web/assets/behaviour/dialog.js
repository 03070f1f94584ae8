// [data-dialog="ID"] opens the <dialog>; [data-dialog-close] and a click beside it close it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog)?.showModal();
    return;
  }
  if (event.target.closest("[data-dialog-close]")) event.target.closest("dialog")?.close();
  else if (event.target instanceof HTMLDialogElement) event.target.close();
});
