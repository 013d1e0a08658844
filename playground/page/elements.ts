/** Elements for the parts that are made by script. */

/** An element with a class and a text; what it says is text, never markup. */
export function element<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  className = '',
  text = '',
): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** A button that submits nothing. */
export function buttonOf(className = '', text = ''): HTMLButtonElement {
  const button = element('button', className, text);
  button.type = 'button';
  return button;
}

/** The items of a list. */
export function itemsOf(contents: readonly HTMLElement[]): HTMLLIElement[] {
  return contents.map((content) => {
    const item = element('li');
    item.append(content);
    return item;
  });
}
