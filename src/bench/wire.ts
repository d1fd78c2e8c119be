import { connect, type Socket } from 'node:net';

/** One connection that is kept: a request at a time. Out: the status; 0 when there was no answer. */
export type Wire = { readonly send: (request: Uint8Array) => Promise<number>; close(): void };

/**
 * HTTP/1.1 with next to nothing around it, because Node's own client takes longer for a request than a
 * bare server does, and would be what is measured.
 */
export function openWire(port: number): Wire {
  let socket: Socket | null = null;
  let heard = '';
  let done: (status: number) => void = () => undefined;

  const finish = (status: number): void => {
    heard = '';
    done(status);
    done = () => undefined;
  };
  const open = (): Socket => {
    const opened = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1');
    opened.on('data', (text: string) => {
      heard += text;
      const status = statusOf(heard);
      if (status !== null) finish(status);
    });
    opened.on('error', () => undefined); // told by `close`
    opened.on('close', () => {
      if (socket !== opened) return;
      socket = null;
      finish(0);
    });
    return opened;
  };
  return {
    send: (request) =>
      new Promise((resolve) => {
        done = resolve;
        socket ??= open();
        socket.write(request);
      }),
    close: () => {
      const opened = socket;
      socket = null;
      opened?.destroy();
    },
  };
}

/** The status of a whole answer; null while it is not all there. */
export function statusOf(heard: string): number | null {
  const end = heard.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = heard.slice(0, end + 2);
  const status = Number(head.slice(9, 12));
  const body = heard.slice(end + 4);
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1];
  if (length !== undefined) return body.length >= Number(length) ? status : null;
  if (/\r\ntransfer-encoding: *chunked\r\n/i.test(head)) {
    return body.endsWith('0\r\n\r\n') ? status : null;
  }
  return status;
}
