// What the tests with VS Code's client have in common: an adapter to talk to, and events that are never missed.
'use strict';

const path = require('node:path');
const { DebugClient } = require('@vscode/debugadapter-testsupport');

const LAUNCHER = path.join(__dirname, 'adapter.py');
const PATIENCE_MS = 20_000;

/** VS Code's client, which keeps every event until it is asked for, and may be asked to start another session. */
class Session extends DebugClient {
    constructor(type = 'namel3ss') {
        super(process.env.PYTHON, LAUNCHER, type);
        this.defaultTimeout = PATIENCE_MS;
        this.kept = [];
        this.waiting = [];
        this.asked = {};
        this.refusal = null; // of what was launched
    }

    dispatch(body) {
        const message = JSON.parse(body);
        if (message.type === 'request') {
            Promise.resolve(this.asked[message.command]?.(message.arguments)).then(
                () => this.respond(message, { success: true }),
                (problem) => this.respond(message, { success: false, message: String(problem) }),
            );
        } else {
            super.dispatch(body);
            if (message.type === 'event') {
                this.kept.push(message);
                this.waiting.splice(0).forEach((look) => look());
            }
        }
    }

    respond(request, how) {
        const response = { seq: this.sequence++, type: 'response', request_seq: request.seq, command: request.command, ...how };
        const text = JSON.stringify(response);
        this.outputStream.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    }

    /** The next event of a kind that fits, whether it came before this was asked or comes later. */
    async next(event, fits = () => true) {
        const late = Date.now() + PATIENCE_MS;
        for (;;) {
            const found = this.kept.findIndex((message) => message.event === event && fits(message.body));
            if (found >= 0) {
                return this.kept.splice(found, 1)[0].body;
            }
            if (this.refusal) {
                throw this.refusal;
            }
            await new Promise((resolve, reject) => {
                const timer = setTimeout(
                    () => reject(new Error(`no ${event}; there were ${JSON.stringify(this.kept)}`)),
                    late - Date.now(),
                );
                this.waiting.push(() => (clearTimeout(timer), resolve()));
            });
        }
    }

    /** Begin as VS Code does: launch or attach, breakpoints when the adapter is ready for them, then let it go. */
    async begin(request, configuration, breakpoints = {}) {
        await this.initializeRequest({
            adapterID: 'namel3ss',
            clientID: 'vscode',
            linesStartAt1: true,
            columnsStartAt1: true,
            pathFormat: 'path',
            supportsVariableType: true,
            supportsVariablePaging: true,
            supportsStartDebuggingRequest: true,
        });
        const started = this.send(request, configuration);
        started.catch((problem) => {
            this.refusal = problem;
            this.waiting.splice(0).forEach((look) => look());
        });
        await this.next('initialized');
        const verified = [];
        for (const [file, lines] of Object.entries(breakpoints)) {
            const { body } = await this.setBreakpointsRequest({
                source: { path: file },
                breakpoints: lines.map((line) => ({ line })),
            });
            verified.push(...body.breakpoints.map((each) => each.verified));
        }
        await this.setExceptionBreakpointsRequest({ filters: [] });
        await this.configurationDoneRequest();
        await started;
        return verified;
    }

    /** Move, and say where it rests. */
    async move(command, threadId = 1) {
        await this.send(command, { threadId });
        return this.where(await this.next('stopped'));
    }

    /** The reason of a stop and its innermost frame: `breakpoint: tool get_weather, app.ai:9`. */
    async where({ reason, threadId }) {
        const [frame] = await this.frames(threadId);
        return `${reason}: ${frame.name}, ${path.basename(frame.source.path)}:${frame.line}`;
    }

    async frames(threadId = 1) {
        const { body } = await this.stackTraceRequest({ threadId });
        return body.stackFrames;
    }

    /** The variables of a scope of the innermost frame, by name. */
    async variables(scope, threadId = 1) {
        const [frame] = await this.frames(threadId);
        const { body } = await this.scopesRequest({ frameId: frame.id });
        const { variablesReference } = body.scopes.find((each) => each.name === scope);
        const answer = await this.variablesRequest({ variablesReference });
        return Object.fromEntries(answer.body.variables.map((each) => [each.name, each.value]));
    }
}

module.exports = { Session };
