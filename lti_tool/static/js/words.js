// What a word is: the same rule as lti_tool/reflection/words.py, where it is explained. A test compares the two.
const LIST_NUMBER = /(^|\n)([ \t>]*)[0-9]{1,9}[.)](?=[ \t])/g;
const ADDRESS = /\]\([^()\n]*\)/g;
const INVISIBLE = /[\u00AD\u200C\u200D\u2060\uFEFF]/g;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’\u2010\u2011-][\p{L}\p{N}][\p{L}\p{N}\p{M}]*)*/gu;

export function countWords(text) {
  const shown = text.replace(LIST_NUMBER, "$1$2").replace(ADDRESS, "]").replace(INVISIBLE, "");
  return (shown.match(WORD) ?? []).length;
}
