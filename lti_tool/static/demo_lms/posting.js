document.getElementById("posting").submit();
