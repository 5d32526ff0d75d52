// Waiting for what a page or a process is going to show: by looking again and again, never by guessing a time.

const PAUSE_MS = 40;

/** A pause between two looks. */
export const pause = (ms = PAUSE_MS) => new Promise((done) => setTimeout(done, ms));

/** Looks until `accept` likes what `read` gives, and gives it back; the error tells what was seen last. */
export async function until(what, read, accept = Boolean, timeoutMs = 20_000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    let seen;
    try {
      seen = await read();
      if (accept(seen)) return seen;
    } catch (error) {
      seen = error;
    }
    if (Date.now() > end) {
      const last = seen instanceof Error ? seen.message : JSON.stringify(seen);
      throw new Error(`there was no ${what} within ${timeoutMs / 1000} s; the last that was seen: ${last}`);
    }
    await pause();
  }
}

/** Does something again and again until it has had its effect; for keys that do nothing before the page is ready. */
export async function insist(what, action, effect, { tries = 8, patienceMs = 1500 } = {}) {
  for (let left = tries; ; left--) {
    await action();
    try {
      return await until(what, effect, Boolean, patienceMs);
    } catch (error) {
      if (left <= 1) throw error;
    }
  }
}
