// Reading essays with the keyboard.
import { listen } from "./shortcuts.js";

listen();
