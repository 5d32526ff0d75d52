// Webviews of extensions: each is a frame within a frame.
import { until } from './until.mjs';

/** The frame that has an element like this. */
export const webview = (page, selector) =>
  until(`webview with ${selector}`, async () => {
    for (const frame of page.frames()) {
      if (
        await frame
          .locator(selector)
          .count()
          .catch(() => 0)
      )
        return frame;
    }
    return undefined;
  });

/** Waits until what a webview says about itself (a data attribute of its root) is as wanted. */
export const dataOf = (frame, selector, name, accept = (value) => value !== undefined) =>
  until(
    `data-${name}`,
    async () => (await frame.locator(selector).first().getAttribute(`data-${name}`)) ?? undefined,
    accept,
  );
