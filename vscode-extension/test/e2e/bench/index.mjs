// All that a spec needs to drive the editor.
export * from './bench.mjs';
export * from './console.mjs';
export * from './debugging.mjs';
export * from './editor.mjs';
export * from './panes.mjs';
export * from './server.mjs';
export * from './until.mjs';
export * from './webviews.mjs';
export * from './workbench.mjs';
export * from './workspace.mjs';
