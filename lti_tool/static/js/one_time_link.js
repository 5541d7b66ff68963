// Takes the code out of the address, which is what a browser keeps in its history, and puts it where it is sent from.
const field = document.querySelector("#code");

function take() {
  const code = location.hash.slice(1);
  if (!code) return;
  field.value = code;
  history.replaceState(history.state, "", location.pathname + location.search);
  field.form.querySelector("button").focus();
}

take();
// A link that is opened where another one was leads to the same page.
addEventListener("hashchange", take);
