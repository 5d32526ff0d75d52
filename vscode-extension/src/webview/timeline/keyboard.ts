// Keeps the keyboard where it is: at every stop VS Code gives it to the editor, also at one that was led to from here,
// and whoever walks through a run with the arrow keys would type into a program.

const STOPS_MS = 2_000;
const TAKES_MS = 1_500;
const AGAIN_MS = 500;
const LOOKS_MS = 30;
const MOST_TAKEN = 3;

/** Watches over the keyboard while the timeline leads. */
export class Keyboard {
  private isLeading = false;
  /** How often it may still be taken back for this stop: who goes elsewhere later means it. */
  private left = 0;
  private watch: ReturnType<typeof setTimeout> | undefined;

  constructor(
    root: HTMLElement,
    takeBack: () => void,
    private readonly changed: () => void,
  ) {
    window.addEventListener('blur', () => {
      if (!this.isWatching) return;
      if (--this.left > 0)
        this.watchFor(AGAIN_MS); // the editor that shows the stop may be opened after it was focused
      else this.end();
      setTimeout(() => {
        window.focus();
        root.focus({ preventScroll: true });
        setTimeout(() => document.hasFocus() || takeBack(), LOOKS_MS);
      });
    });
    window.addEventListener('focus', () => {
      if (document.activeElement === document.body) root.focus({ preventScroll: true });
      this.changed();
    });
  }

  /** Whether the editor may still take the keyboard for the stop that a key has led to. */
  get isWatching(): boolean {
    return this.watch !== undefined;
  }

  /** The run was sent somewhere by a key that was pressed here. */
  leads(): void {
    this.isLeading = true;
    this.left = MOST_TAKEN;
    this.watchFor(STOPS_MS);
  }

  /** It has come to rest. */
  rests(): void {
    if (this.isLeading && this.isWatching) this.watchFor(TAKES_MS);
    this.isLeading = false;
  }

  private watchFor(ms: number): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.end(), ms);
    this.changed();
  }

  private end(): void {
    clearTimeout(this.watch);
    this.watch = undefined;
    this.changed();
  }
}
