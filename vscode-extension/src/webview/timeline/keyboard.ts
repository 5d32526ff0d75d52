// Keeps the keyboard where it is: at every stop VS Code gives it to the editor, also at one that was led to from here,
// and whoever walks through a run with the arrow keys would type into a program.

const STOPS_MS = 2_000;
const TAKES_MS = 1_500;

/** Watches over the keyboard while the timeline leads. */
export class Keyboard {
  private until = 0;

  constructor(root: HTMLElement, takeBack: () => void) {
    window.addEventListener('blur', () => {
      if (performance.now() > this.until) return;
      this.until = 0; // Once for each stop: who goes elsewhere then means it.
      takeBack();
    });
    window.addEventListener('focus', () => {
      if (document.activeElement === document.body) root.focus({ preventScroll: true });
    });
  }

  /** The run was sent somewhere by a key that was pressed here. */
  leads(): void {
    this.until = performance.now() + STOPS_MS;
  }

  /** It has come to rest. */
  rests(): void {
    if (this.until) this.until = performance.now() + TAKES_MS;
  }
}
