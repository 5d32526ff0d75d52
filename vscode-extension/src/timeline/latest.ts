// Does one thing at a time, and of those that were asked for meanwhile only the last: what a person wants by dragging
// is where they are, not every place they came by.

/** A queue of one. */
export class Latest<T> {
  private waiting: { value: T } | undefined;
  private isBusy = false;

  constructor(private readonly act: (value: T) => Promise<void>) {}

  /** Do this next; whatever else was waiting is not done any more. */
  want(value: T): void {
    this.waiting = { value };
    if (!this.isBusy) void this.work();
  }

  /** Forget what is waiting. */
  forget(): void {
    this.waiting = undefined;
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    try {
      while (this.waiting) {
        const { value } = this.waiting;
        this.waiting = undefined;
        await this.act(value);
      }
    } finally {
      this.isBusy = false;
    }
  }
}
