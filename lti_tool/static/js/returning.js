// Sends the one form of the page on its way; without script, its button does.
document.querySelector("form[data-send]").requestSubmit();
