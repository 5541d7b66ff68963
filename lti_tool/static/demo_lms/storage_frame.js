import { listen } from "./answers.js";
import { storageHandlers } from "./storage.js";

const { origins, mood } = document.body.dataset;
listen(JSON.parse(origins), storageHandlers(mood));
