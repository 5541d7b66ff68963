// What every page does with script: lead the eye to what just happened, and keep a notice out of the address, so that
// a reload does not repeat it.
document.querySelector("[data-focus]")?.focus();

const address = new URL(location.href);
if (address.searchParams.has("notice")) {
  address.searchParams.delete("notice");
  history.replaceState(history.state, "", address);
}
