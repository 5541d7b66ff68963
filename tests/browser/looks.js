// Judges what axe-core says of colours once for each look: text of one colour and size on one stack of backgrounds has
// the same contrast wherever it stands. `known` are the looks that need no judging any more; the answer adds to them.
async (known) => {
  const PLAIN = /^rgba\(0, 0, 0, 0\) none 1 none (static|relative)$/;
  const grounds = new Map([[null, ""]]);

  function ground(element) {
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity, filter, position } = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity, filter, position].join(" ");
      grounds.set(element, ground(element.parentElement) + (PLAIN.test(own) ? "" : `${own}/`));
    }
    return grounds.get(element);
  }

  // With what decides whether axe-core looks at an element at all.
  function look(element) {
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const { width, height, right, bottom } = element.getBoundingClientRect();
    const unseen = Math.min(width, height) <= 1 || Math.min(right, bottom) <= 0;
    const control = element.closest("label")?.control ?? element;
    const disabled = element.closest(":disabled, [aria-disabled=true]") !== null || control.matches(":disabled");
    const kind = `${element.tagName} ${element.type ?? ""} ${unseen} ${disabled}`;
    return [ground(element), color, fontSize, fontWeight, textShadow, kind].join("|");
  }

  const speaks = (element) =>
    element.matches("input, select, textarea") || [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());

  const fresh = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    if (!speaks(element) || !element.checkVisibility({ visibilityProperty: true })) continue;
    const key = look(element);
    if (!known.includes(key) && !fresh.has(key)) fresh.set(key, element);
  }
  if (!fresh.size) return { violations: [], judged: [] };
  const options = { runOnly: ["color-contrast"], iframes: false, elementRef: true };
  const { violations, incomplete } = await axe.run({ include: [...fresh.values()] }, options);
  const open = new Set([...violations, ...incomplete].flatMap(({ nodes }) => nodes).map(({ element }) => element));
  for (const { nodes } of violations) for (const node of nodes) delete node.element;
  return { violations, judged: [...fresh].filter(([, element]) => !open.has(element)).map(([key]) => key) };
}
