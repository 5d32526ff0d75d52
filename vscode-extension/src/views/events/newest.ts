// Something that takes a while and is asked for more often than it can be done: only the newest wish counts.

/** Does a job whenever it is asked to, one at a time; what is asked meanwhile is done once more afterwards. */
export class Newest {
  private state: 'idle' | 'busy' | 'again' = 'idle';

  constructor(private readonly job: () => Promise<void>) {}

  /** Ask for the job; resolves when nothing is left to do. */
  async ask(): Promise<void> {
    if (this.state !== 'idle') {
      this.state = 'again';
      return;
    }
    try {
      do {
        this.state = 'busy';
        await this.job();
      } while (this.isAskedAgain());
    } finally {
      this.state = 'idle';
    }
  }

  private isAskedAgain(): boolean {
    return this.state === 'again';
  }
}
