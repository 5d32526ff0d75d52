// What takes a while and is wanted more often than it can be done: one thing at a time, and of those that were wanted
// meanwhile only the last. Where a person has come to counts, and where the run rests: not every place on the way.

/** A queue of one. */
export class Latest<T = void> {
  private waiting: { value: T } | undefined;
  private isBusy = false;

  constructor(private readonly act: (value: T) => Promise<void>) {}

  /** Do this next, and nothing else that waits; resolves when nothing is left to do, or at once while something is done. */
  async want(value: T): Promise<void> {
    this.waiting = { value };
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      while (this.waiting) await this.act(this.next(this.waiting));
    } finally {
      this.isBusy = false;
    }
  }

  /** Forget what is waiting. */
  forget(): void {
    this.waiting = undefined;
  }

  private next({ value }: { value: T }): T {
    this.waiting = undefined;
    return value;
  }
}
