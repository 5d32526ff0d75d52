// Something that is done a while after it was last asked for.

/** A delay of one thing. */
export class Delay {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ms: number) {}

  /** Whether something is to be done yet. */
  get isRunning(): boolean {
    return this.timer !== undefined;
  }

  /** Do this after the delay, and nothing that was to be done before. */
  start(act: () => void): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      act();
    }, this.ms);
  }
}
