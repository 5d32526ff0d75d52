// Rows of the events tree as VS Code draws them.

import * as vscode from 'vscode';
import { type Circumstances, descriptionOf, gapOf, iconOf, labelOf, spoken } from './looks';
import type { MoreRow, Row } from './tree';

/** The item of a call or event; `id` sets it apart from those of other sessions and filters. */
export function eventItem(row: Row, id: string, circumstances: Circumstances): vscode.TreeItem {
  const { node } = row;
  const { id: icon, colour } = iconOf(node, circumstances);
  const item = new vscode.TreeItem(labelOf(node), stateOf(row));
  item.id = id;
  item.description = descriptionOf(node, circumstances);
  item.iconPath = new vscode.ThemeIcon(icon, colour ? new vscode.ThemeColor(colour) : undefined);
  item.contextValue = 'event';
  item.command = { command: 'namel3ss.events.goTo', title: 'Go to This Event', arguments: [row] };
  item.accessibilityInformation = { label: spoken(node, circumstances) };
  return item;
}

/** The item that stands for events that were not asked for yet. */
export function moreItem(more: MoreRow, id: string): vscode.TreeItem {
  const item = new vscode.TreeItem(`Show more (${gapOf(more.after, more.before)})`);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.tooltip = 'Shows the next ones of the events that are left out here.';
  // VS Code would read out the tooltip alone.
  item.accessibilityInformation = { label: String(item.label), role: 'button' };
  item.command = { command: 'namel3ss.events.showMore', title: 'Show More Events', arguments: [more] };
  return item;
}

function stateOf({ node, opened }: Row): vscode.TreeItemCollapsibleState {
  if (!node.hasChildren) return vscode.TreeItemCollapsibleState.None;
  return opened ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}
