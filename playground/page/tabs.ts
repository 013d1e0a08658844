/** Tabs, as in the ARIA Authoring Practices; the address says which is open. */

/** @param list role tablist, of buttons whose aria-controls name their panels */
export function showTabs(list: HTMLElement): void {
  const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
  const panelOf = (tab: HTMLElement) =>
    document.getElementById(tab.getAttribute('aria-controls')!)!;
  const open = (chosen: HTMLElement) => {
    for (const tab of tabs) {
      tab.ariaSelected = String(tab === chosen);
      tab.tabIndex = tab === chosen ? 0 : -1;
      panelOf(tab).hidden = tab !== chosen;
    }
  };
  const openNamed = () => {
    open(tabs.find((tab) => `#${panelOf(tab).id}` === location.hash) ?? tabs[0]!);
  };
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener('click', () => {
      history.replaceState(
        null,
        '',
        i === 0 ? location.pathname + location.search : `#${panelOf(tab).id}`,
      );
      open(tab);
    });
    tab.addEventListener('keydown', ({ key }) => {
      const to = key === 'ArrowRight' ? i + 1 : key === 'ArrowLeft' ? i - 1 : undefined;
      if (to === undefined) return;
      const other = tabs[(to + tabs.length) % tabs.length]!;
      other.focus();
      other.click();
    });
  }
  addEventListener('hashchange', openNamed);
  openNamed();
}

/** Opens a panel by its tab. */
export function openTab(panel: string): void {
  document.querySelector<HTMLElement>(`[role=tab][aria-controls=${panel}]`)!.click();
}
