// The page of the timeline.

import type { ToPage } from '../timeline/messages';
import { Page } from './timeline/page';

const page = new Page();
window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => page.hear(data));
page.begin();
