// Takes the code out of the address, which is what a browser keeps in its history, and puts it where it is sent from.
const code = location.hash.slice(1);
const field = document.querySelector("#code");
if (code && field) {
  field.value = code;
  history.replaceState(history.state, "", location.pathname + location.search);
  field.form.querySelector("button").focus();
}
