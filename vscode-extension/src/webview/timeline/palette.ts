// The colours of the theme, as a canvas needs them. In high contrast nothing is said by a fill: bars have borders.

/** How bars are coloured. */
export type Colouring = 'component' | 'duration' | 'tokens' | 'cost';

/** The theme's colours. */
export interface Palette {
  isHighContrast: boolean;
  isDark: boolean;
  background: string;
  foreground: string;
  dim: string;
  line: string;
  focus: string;
  failure: string;
  breakpoint: string;
  bookmark: string;
  heat: string;
  font: string;
  of(component: string): string;
}

const COMPONENTS: Record<string, string> = {
  app: '--vscode-descriptionForeground',
  chain: '--vscode-terminal-ansiCyan',
  agent: '--vscode-charts-purple',
  llm: '--vscode-charts-blue',
  tool: '--vscode-charts-green',
  memory: '--vscode-charts-yellow',
  prompt: '--vscode-charts-orange',
  validation: '--vscode-terminal-ansiMagenta',
  error: '--vscode-charts-red',
};

/** What there is where a person has forced colours of their own on every page: what things are is said by words then. */
const FORCED: Palette = {
  isHighContrast: true,
  isDark: false,
  background: 'Canvas',
  foreground: 'CanvasText',
  dim: 'CanvasText',
  line: 'GrayText',
  focus: 'Highlight',
  failure: 'CanvasText',
  breakpoint: 'CanvasText',
  bookmark: 'LinkText',
  heat: 'CanvasText',
  font: 'system-ui, sans-serif',
  of: () => 'CanvasText',
};

/** Reads the colours that the page has now. */
export function paletteOf(body: HTMLElement): Palette {
  if (matchMedia('(forced-colors: active)').matches) return FORCED;
  const style = getComputedStyle(body);
  const read = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  const isHighContrast =
    body.classList.contains('vscode-high-contrast') || body.classList.contains('vscode-high-contrast-light');
  const isDark = body.classList.contains('vscode-dark') || body.classList.contains('vscode-high-contrast');
  const foreground = read('--vscode-foreground', isDark ? '#cccccc' : '#3b3b3b');
  const contrast = read('--vscode-contrastBorder', '');
  const known = new Map<string, string>();
  return {
    isHighContrast,
    isDark,
    background: read('--vscode-panel-background', read('--vscode-editor-background', isDark ? '#1e1e1e' : '#ffffff')),
    foreground,
    dim: read('--vscode-descriptionForeground', foreground),
    line: isHighContrast && contrast ? contrast : read('--vscode-panel-border', '#80808059'),
    focus: (isHighContrast && read('--vscode-contrastActiveBorder', '')) || read('--vscode-focusBorder', '#007fd4'),
    failure: read('--vscode-errorForeground', read('--vscode-charts-red', '#f14c4c')),
    breakpoint: read('--vscode-debugIcon-breakpointForeground', '#e51400'),
    bookmark: read('--vscode-charts-blue', '#3794ff'),
    heat: read('--vscode-charts-orange', '#d18616'),
    font: read('--vscode-font-family', 'system-ui, sans-serif'),
    of(component) {
      let found = known.get(component);
      if (found === undefined) {
        found = read(COMPONENTS[component] ?? '--vscode-charts-lines', '#888888');
        known.set(component, found);
      }
      return found;
    },
  };
}

/** Calls when the theme has changed. */
export function watchTheme(changed: () => void): void {
  const observer = new MutationObserver(changed);
  for (const element of [document.body, document.documentElement])
    observer.observe(element, { attributes: true, attributeFilter: ['class', 'style'] });
  matchMedia('(forced-colors: active)').addEventListener('change', changed);
}
