import assert from 'node:assert/strict';
import { expressionAt } from '../../src/editor/expression';

/** The expression at the mark ^ of a text, and the characters it stands for. */
function pointed(marked: string): [string, string] | undefined {
  const offset = marked.indexOf('^');
  const file = marked.replace('^', '');
  const found = expressionAt(file, offset);
  return found && [found.expression, file.slice(found.start, found.end)];
}

describe('what is under the pointer', () => {
  const cases: Record<string, [string, [string, string] | undefined]> = {
    'a name in a template': ['prompt P { template: "Hello {{ na^me_of }}" }', ['name_of', 'name_of']],
    'a path, up to where one points': ['x: "{{ plan.it^ems.first }}"', ['plan.items', 'plan.items']],
    'a path, whole': ['x: "{{ plan.items.fir^st }}"', ['plan.items.first', 'plan.items.first']],
    'a result of a step': ['x: "{{ steps.plan.out^put }}"', ['results["plan"]', 'steps.plan.output']],
    'a step': ['x: "{{ steps.pl^an.output }}"', ['results["plan"]', 'steps.plan']],
    'a part of a result': [
      'x: "{{ steps.plan.output.it^ems[0] }}"',
      ['results["plan"].items', 'steps.plan.output.items'],
    ],
    'an item of a result': [
      'x: "{{ steps.plan.output.items[^0] }}"',
      ['results["plan"].items[0]', 'steps.plan.output.items[0]'],
    ],
    'a key in brackets': ['x: """{{ plan["a key"].na^me }}"""', ['plan["a key"].name', 'plan["a key"].name']],
    'the status of a step, of which the adapter knows nothing': ['x: "{{ steps.plan.sta^tus }}"', undefined],
    'all steps': ['x: "{{ st^eps.plan }}"', undefined],
    'a filter': ['x: "{{ items | jo^in(", ") }}"', undefined],
    'what is filtered': ['x: "{{ it^ems | join(\', \') }}"', ['items', 'items']],
    'a function': ['x: "{{ le^n(items) }}"', undefined],
    'what a function is given': ['x: "{{ len(it^ems) }}"', ['items', 'items']],
    'a word of the language': ['x: "{{ a if^ b else c }}"', undefined],
    'a condition of a template': [
      'x: """{% if not steps.a.output.dr^y %}"""',
      ['results["a"].dry', 'steps.a.output.dry'],
    ],
    'the list of a loop': ['x: """{% for each in pl^an.items %}"""', ['plan', 'plan']],
    'the variable of a loop': ['x: """{% for ea^ch in items %}{{ each }}{% endfor %}"""', undefined],
    'the variable in a loop': ['x: """{% for each in items %}{{ ea^ch.name }}{% endfor %}"""', undefined],
    'the same name after a loop': ['x: """{% for a in b %}{% endfor %}{{ ^a }}"""', ['a', 'a']],
    'words of a text': ['x: "Hello na^me"', undefined],
    'a text within an expression': ['x: "{{ a == \'no^ne\' }}"', undefined],
    'a comment': ['# agent Pl^anner {', undefined],
    'a comment of the other kind': ['// "{{ na^me }}"', undefined],
    'a name that the adapter gives to something else': ['x: "{{ na^me }}"', ['frame.inputs["name"]', 'name']],
    'a member of such a name': ['x: "{{ event.ti^tle }}"', ['frame.inputs["event"].title', 'event.title']],
    'an agent where it is declared': ['agent Pla^nner {', ['results["Planner"]', 'Planner']],
    'a model in quotes': ['llm "big mo^del" {', ['results["big model"]', '"big model"']],
    'a step where it is declared': ['steps { step pl^an {', ['results["plan"]', 'plan']],
    'the word of a declaration': ['age^nt Planner {', undefined],
    'a target': ['step plan { target: Pla^nner }', ['results["Planner"]', 'Planner']],
    'a target in quotes': ['target: "Pla^nner"', ['results["Planner"]', '"Planner"']],
    'one of several tools': ['tools: [find, se^arch]', ['results["search"]', 'search']],
    'one of several tools in quotes': ['tools: ["find", "se^arch"]', ['results["search"]', '"search"']],
    'a kind': ['kind: "ag^ent"', undefined],
    'a prompt that is a sentence': ['prompt: "You plan hi^kes."', undefined],
    'an input of a prompt': ['prompt P { inputs: { pl^an: string } }', ['plan', 'plan']],
    'a parameter of a tool': ['tool t { parameters: { a: string, ci^ty: string } }', ['city', 'city']],
    'a setting of a parameter': ['tool t { parameters: { city: { ty^pe: "string" } } }', undefined],
    'what a step gives to another': ['step s { inputs: { pl^an: "x" } }', undefined],
    'a condition of a chain': [
      'if steps.a.output.ur^gent == "yes" {',
      ['results["a"].urgent', 'steps.a.output.urgent'],
    ],
    'a condition after another': ['} else if steps.a.out^put {', ['results["a"]', 'steps.a.output']],
    'the list of a loop of a chain': ['for each in steps.in^box.output {', ['results["inbox"]', 'steps.inbox']],
    'the variable of a loop of a chain': ['for ea^ch in steps.inbox.output {', undefined],
    'a value without quotes': ['inputs: { text: steps.a.out^put }', ['results["a"]', 'steps.a.output']],
    'the input without quotes': ['inputs: { text: inp^ut }', ['input', 'input']],
    'a type': ['inputs: { text: str^ing }', undefined],
    'the key input': ['inputs: { inp^ut: "x" }', undefined],
    'a number': ['max_turns: 3^', undefined],
    nothing: ['agent A {  ^  }', undefined],
    'a text that does not end': ['x: "{{ a^', undefined],
  };
  for (const [what, [marked, expected]] of Object.entries(cases)) {
    it(`${what}: ${marked}`, () => assert.deepEqual(pointed(marked), expected));
  }

  it('is found in a long file', () => {
    const file = 'agent A { tools: [a, b], prompt: "Say {{ word }}." }\n'.repeat(20_000);
    assert.equal(expressionAt(file, file.lastIndexOf('word'))?.expression, 'word');
  });
});
