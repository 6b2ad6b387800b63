import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANSWER_WITHIN_MS, Deliverer } from './deliver.js';
import { click, clickRaw } from './deliveries/click.js';
import { command } from './deliveries/command.js';
import type { Desk } from './deliveries/desk.js';
import { editMessage, openHome, say, tell } from './deliveries/event.js';
import { closeView, submit } from './deliveries/view.js';
import { clickHome, clickView } from './deliveries/view-click.js';
import { Faults } from './faults.js';
import { httpMode } from './http-mode.js';
import type { LocalSlackOptions } from './options.js';
import { handlePage } from './page/index.js';
import { PeopleAndPlaces } from './people-and-places.js';
import { ResponseUrls } from './response-urls.js';
import { manifestCommands } from './slash-commands.js';
import { SocketMode } from './socket-mode.js';
import { SlackState } from './state.js';
import { StateFile } from './state-file.js';
import { Triggers } from './triggers.js';
import type { ApiCall, Delivery, LocalSlack, SlashCommand } from './types.js';
import { WebServer } from './web-server.js';
import { sandboxWorkspace } from './workspace.js';

export { sandboxWorkspace } from './workspace.js';

/** A local Slack that also remembers everything it delivered. */
export interface RunningSlack extends LocalSlack {
  /** Every delivery to the app since the start, events included, oldest first; `again` works on each. */
  readonly deliveries: readonly Delivery[];
}

/** Starts a Slack on 127.0.0.1. Rejects when the port is taken or the state file cannot be read. */
export async function startLocalSlack(options: LocalSlackOptions = {}): Promise<RunningSlack> {
  const slack = new Slack(options);
  await slack.start(options);
  return slack;
}

class Slack extends PeopleAndPlaces implements RunningSlack {
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly commands: readonly SlashCommand[];
  readonly calls: ApiCall[] = [];
  requestUrl: string | undefined;
  readonly #file: StateFile | undefined;
  readonly #faults = new Faults();
  readonly #sockets: SocketMode;
  readonly #deliverer: Deliverer;
  readonly #server: WebServer;
  readonly #triggers: Triggers;
  readonly #responseUrls: ResponseUrls;
  #down = false;

  constructor(options: LocalSlackOptions) {
    const now = options.now ?? Date.now;
    super(new SlackState(options.workspace ?? sandboxWorkspace(), now));
    this.botToken = options.botToken ?? 'xoxb-local-bot-token';
    this.appToken = options.appToken ?? 'xapp-local-app-token';
    this.signingSecret = options.signingSecret ?? 'local-signing-secret';
    this.commands = options.commands ?? manifestCommands();
    this.#file = options.stateFile === undefined ? undefined : new StateFile(options.stateFile, this.state);
    const { answerWithinMs = ANSWER_WITHIN_MS } = options;
    this.#triggers = new Triggers(now, answerWithinMs);
    this.#responseUrls = new ResponseUrls(now, this.workspace.teamId);
    this.#sockets = new SocketMode({ appId: this.workspace.appId, answerWithinMs }, (sockets) =>
      this.state.emit({ type: 'connection', sockets }),
    );
    this.#deliverer = new Deliverer(
      () =>
        this.requestUrl === undefined
          ? this.#sockets
          : httpMode({ url: this.requestUrl, answerWithinMs }, this.signingSecret),
      () => this.#down,
    );
    this.#server = new WebServer({
      state: this.state,
      triggers: this.#triggers,
      responseUrls: this.#responseUrls,
      faults: this.#faults,
      sockets: this.#sockets,
      tokens: { bot: this.botToken, app: this.appToken },
      calls: this.calls,
      isDown: () => this.#down,
      others: (request, response) => this.#others(options, request, response),
    });
  }

  async start({ port = 0 }: LocalSlackOptions): Promise<void> {
    this.#file?.load();
    await this.#server.listen(port);
    this.state.subscribe(() => this.#file?.schedule());
  }

  get url() {
    return this.#server.url;
  }

  get apiUrl() {
    return `${this.#server.url}/api/`;
  }

  get deliveries() {
    return this.#deliverer.done;
  }

  get sockets() {
    return this.#sockets.open;
  }

  command(input: Parameters<LocalSlack['command']>[0]) {
    return command(this.#desk(), input);
  }

  click(input: Parameters<LocalSlack['click']>[0]) {
    return click(this.#desk(), input);
  }

  clickRaw(input: Parameters<LocalSlack['clickRaw']>[0]) {
    return clickRaw(this.#desk(), input);
  }

  say(input: Parameters<LocalSlack['say']>[0]) {
    return say(this.#desk(), input);
  }

  editMessage(input: Parameters<LocalSlack['editMessage']>[0]) {
    return editMessage(this.#desk(), input);
  }

  clickView(input: Parameters<LocalSlack['clickView']>[0]) {
    return clickView(this.#desk(), input);
  }

  clickHome(input: Parameters<LocalSlack['clickHome']>[0]) {
    return clickHome(this.#desk(), input);
  }

  submit(input: Parameters<LocalSlack['submit']>[0]) {
    return submit(this.#desk(), input);
  }

  closeView({ user }: { user: string }) {
    return closeView(this.#desk(), user);
  }

  openHome(user: string) {
    return openHome(this.#desk(), user);
  }

  tell(event: Record<string, unknown>) {
    return tell(this.#desk(), event);
  }

  deliver(...[kind, body]: Parameters<LocalSlack['deliver']>) {
    return this.#deliverer.deliver({ kind, body });
  }

  async renumberChannel(channelId: string, to: string) {
    this.state.renumber(channelId, to);
    await this.tell({ type: 'channel_id_changed', old_channel_id: channelId, new_channel_id: to });
  }

  fail(fault: Parameters<LocalSlack['fail']>[0]) {
    this.#faults.add(fault);
  }

  clearFaults() {
    this.#faults.clear();
  }

  carryOutLate() {
    return this.#faults.carryOutLate();
  }

  setDown(down: boolean) {
    this.#down = down;
    if (down) this.#sockets.cut();
  }

  refreshSockets() {
    this.#sockets.refresh();
  }

  connected(n = 1) {
    return this.#sockets.connected(n);
  }

  async close() {
    this.#sockets.close();
    await this.#server.close();
    this.#file?.flush();
  }

  #desk(): Desk {
    return {
      state: this.state,
      triggers: this.#triggers,
      responseUrls: this.#responseUrls,
      deliverer: this.#deliverer,
      url: this.url,
    };
  }

  #others({ extra }: LocalSlackOptions, request: IncomingMessage, response: ServerResponse): boolean {
    return handlePage(this, request, response) || (extra?.(request, response) ?? false);
  }
}
