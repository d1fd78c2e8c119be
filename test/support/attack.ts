import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { startCore } from './core.ts';
import { channelSettings, eventually, publicUrl } from './gateway.ts';
import { type Answer, send, type Sent } from './http.ts';
import { createTestDatabase } from './postgres.ts';
import { realSettings, startRole } from './role.ts';
import { makeHome } from './tree.ts';

/** The product in processes of its own (gateway, workers beside), so that it can freeze without us. */
export async function startTarget(environment: Readonly<Record<string, string>> = {}) {
  const db = await createTestDatabase();
  const core = await startCore();
  const home = await makeHome();
  const settings = {
    ...realSettings(),
    ...{ DATABASE_URL: db.url, DATA_KEY: Buffer.alloc(32, 1).toString('base64') },
    ...{ ROUTING_CORE_URL: core.url, ...environment },
  };
  const role = await startRole('all', home, settings);
  return {
    ...{ url: home.url, internalUrl: home.internalUrl, dataDir: home.dataDir, core, db },
    /** Of the gateway's own process. */
    pid: role.child.pid ?? 0,
    log: role.output,
    stop: async () => {
      role.child.kill('SIGTERM');
      await role.exited();
      await core.stop();
      await home.remove();
      await db.drop();
    },
  };
}

export type Target = Awaited<ReturnType<typeof startTarget>>;

let lastSms = 0;

/** An SMS of another citizen each time, signed as Twilio signs. */
export function signedSms(text: string): Sent {
  lastSms += 1;
  const number = `${String(process.pid).padStart(7, '0')}${String(lastSms).padStart(6, '0')}`;
  const fields = {
    AccountSid: channelSettings['TWILIO_ACCOUNT_SID'] ?? '',
    MessageSid: `SM${number.padStart(32, '0')}`,
    From: `+62812${number.slice(-8)}`,
    To: '1708',
    Body: text,
  };
  const path = '/webhooks/sms';
  const token = channelSettings['TWILIO_AUTH_TOKEN'] ?? '';
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(token, publicUrl + path, fields),
    },
    body: Buffer.from(new URLSearchParams(fields).toString()),
  };
}

export type Stream = {
  readonly sent: number;
  readonly worstMs: number;
  /** What was not answered 200: a status, or why there was no answer. */
  readonly refused: readonly string[];
};

/**
 * Citizens write, one SMS every `everyMs`, whether or not those before were answered, each on a connection
 * of its own from 127.0.0.1, until they are told to `stop`; then their answers are waited for.
 */
export function citizensWrite(url: string, everyMs = 25) {
  const answers: Promise<void>[] = [];
  const refused: string[] = [];
  let worstMs = 0;
  const writeOne = async (): Promise<void> => {
    const begun = performance.now();
    const answer = await send(url, signedSms(`Lampu jalan mati di RT ${String(answers.length)}`))
      .then((got: Answer) => String(got.status))
      .catch((error: unknown) => String(error));
    worstMs = Math.max(worstMs, performance.now() - begun);
    if (answer !== '200') refused.push(answer);
  };
  const timer = setInterval(() => answers.push(writeOne()), everyMs);
  return {
    stop: async (): Promise<Stream> => {
      clearInterval(timer);
      await Promise.all(answers);
      return { sent: answers.length, worstMs: Math.round(worstMs), refused };
    },
  };
}

/**
 * A provider sends `perSecond` deliveries from 127.0.0.1 over 128 connections that stay, as many as it can on
 * a slower machine, until it is told to `stop`.
 */
export function providerSends(url: string, perSecond: number) {
  const { hostname: host, port } = new URL(url);
  const refused: string[] = [];
  const free: Socket[] = [];
  const begun = performance.now();
  let sent = 0;
  let answered = 0;
  const sockets = Array.from({ length: 128 }, () => {
    const socket = connect({ host, port: Number(port) });
    let heard = '';
    socket.once('connect', () => free.push(socket));
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      if (!heard.includes('<Response/>') && heard.startsWith('HTTP/1.1 200')) return;
      if (!heard.startsWith('HTTP/1.1 200')) refused.push(heard);
      heard = '';
      answered += 1;
      free.push(socket);
    });
    socket.on('error', (error) => refused.push(String(error)));
    return socket;
  });
  const timer = setInterval(() => {
    const due = ((performance.now() - begun) / 1000) * perSecond;
    while (sent < due && free.length > 0) {
      const { method, path, headers, body } = signedSms(`Sampah menumpuk, titik ${sent}`);
      const lines = Object.entries({ host: 'a', 'content-length': body?.length ?? 0, ...headers });
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      free.pop()?.write(`${method} ${path} HTTP/1.1\r\n${head}\r\n${body?.toString() ?? ''}`);
      sent += 1;
    }
  }, 5);
  return {
    stop: async () => {
      const seconds = (performance.now() - begun) / 1000;
      clearInterval(timer);
      await eventually('all answered', () => Promise.resolve(answered + refused.length >= sent));
      for (const socket of sockets) socket.destroy();
      return { sent, refused, perSecond: Math.round(sent / seconds) };
    },
  };
}

/** A stranger at 127.0.0.2 who opens connections, and holds them until `leave`. */
export function stranger(url: string) {
  const { hostname: host, port } = new URL(url);
  const sockets: Socket[] = [];
  return {
    sockets,
    /** A connection on which `bytes` were sent; `heard` is what came back so far. */
    open: async (bytes: string | Uint8Array = '') => {
      const socket = connect({ host, port: Number(port), localAddress: '127.0.0.2' });
      sockets.push(socket);
      let heard = '';
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
      socket.on('error', () => undefined); // it is thrown out: that is the point
      await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve));
      if (bytes.length > 0) socket.write(bytes);
      return { socket, heard: () => heard };
    },
    leave: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

export type Stranger = ReturnType<typeof stranger>;

/** Milliseconds this process was ready to run while others had the processors, since it began. */
const waitedMs = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;

/**
 * Lets citizens write before, during and after an attack. Fails when one of them is refused, or waits
 * longer than `mostMs` for an answer, in time of a machine of its own: a gateway that had a processor for
 * half of the time only may take twice as long.
 */
export async function withstands(
  { url, pid }: Pick<Target, 'url' | 'pid'>,
  attack: (stranger: Stranger) => Promise<void>,
  mostMs = 1000,
): Promise<void> {
  const attacker = stranger(url);
  const [begun, waited] = [performance.now(), waitedMs(pid)];
  const citizens = citizensWrite(url);
  let stream: Stream;
  try {
    await pause(300);
    await attack(attacker);
    await pause(300);
  } finally {
    stream = await citizens.stop();
    attacker.leave();
  }
  const share = 1 - (waitedMs(pid) - waited) / (performance.now() - begun);
  const { sent, refused, worstMs } = stream;
  expect(refused.slice(0, 3), `${refused.length} of ${sent} SMS`).to.deep.equal([]);
  const says = `ms until the slowest answer, with ${Math.round(share * 100)} % of a processor`;
  expect(worstMs, says).to.be.at.most(mostMs / share);
}
