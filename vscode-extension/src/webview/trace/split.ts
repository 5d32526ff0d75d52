// Two panes with a bar between them that can be dragged, or moved with the arrow keys. Where the page is narrow the
// panes stand below each other.

import { element } from './elements';

const SMALLEST = 0.2;
const STEP = 0.04;
const NARROW = 760;

/** Two panes. */
export class Split {
  readonly root: HTMLElement;
  private readonly bar = element('div', 'sash', [], {
    role: 'separator',
    tabindex: 0,
    'aria-label': 'Size of the list',
    'aria-valuemin': SMALLEST * 100,
    'aria-valuemax': 100 - SMALLEST * 100,
  });

  constructor(
    first: HTMLElement,
    second: HTMLElement,
    private share = 0.6,
    private readonly moved: (share: number) => void,
  ) {
    this.root = element('main', 'split', [first, this.bar, second]);
    this.set(share);
    new ResizeObserver(() => this.turn()).observe(this.root);
    this.bar.addEventListener('pointerdown', (event) => this.drag(event));
    this.bar.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -STEP, ArrowUp: -STEP, ArrowRight: STEP, ArrowDown: STEP }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      this.set(this.share + by);
      this.moved(this.share);
    });
  }

  private get isNarrow(): boolean {
    return this.root.clientWidth < NARROW;
  }

  private turn(): void {
    this.root.classList.toggle('narrow', this.isNarrow);
    this.bar.setAttribute('aria-orientation', this.isNarrow ? 'horizontal' : 'vertical');
  }

  private set(share: number): void {
    this.share = Math.min(Math.max(share, SMALLEST), 1 - SMALLEST);
    this.root.style.setProperty('--share', `${(this.share * 100).toFixed(1)}%`);
    this.bar.setAttribute('aria-valuenow', String(Math.round(this.share * 100)));
  }

  private drag(event: PointerEvent): void {
    event.preventDefault();
    this.bar.setPointerCapture(event.pointerId);
    const move = ({ clientX, clientY }: PointerEvent): void => {
      const { left, top, width, height } = this.root.getBoundingClientRect();
      this.set(this.isNarrow ? (clientY - top) / height : (clientX - left) / width);
    };
    const end = (): void => {
      this.bar.removeEventListener('pointermove', move);
      this.moved(this.share);
    };
    this.bar.addEventListener('pointermove', move);
    this.bar.addEventListener('lostpointercapture', end, { once: true });
  }
}
