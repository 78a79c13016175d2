// How a Java test and a node peer talk: one command or event per line, its arguments in base64.

import { createInterface } from 'node:readline';

const decode = (word) => Buffer.from(word, 'base64');
const encode = (value) => Buffer.from(value).toString('base64');

/** Writes one event. */
export function tell(kind, ...values) {
  process.stdout.write([kind, ...values.map(encode)].join(' ') + '\n');
}

/** Tells what happens on a connection. */
export function report(socket) {
  socket.on('message', (data, isBinary) => tell(isBinary ? 'binary' : 'text', data));
  socket.on('ping', (data) => tell('ping', data));
  socket.on('pong', (data) => tell('pong', data));
  socket.on('close', (code, reason) => tell('close', String(code), reason));
  socket.on('error', (error) => tell('error', String(error)));
}

/** Obeys the commands on standard input; its end ends the process. */
export function obey(connected) {
  const lines = createInterface({ input: process.stdin });
  lines.on('close', () => process.exit(0));
  lines.on('line', (line) => {
    const [command, ...words] = line.split(' ');
    const values = words.map(decode);
    const socket = connected();
    switch (command) {
      case 'text':
        socket.send(values[0], { binary: false });
        break;
      case 'binary':
        socket.send(values[0], { binary: true });
        break;
      case 'text-fragments':
      case 'binary-fragments':
        values.forEach((value, i) =>
          socket.send(value, {
            binary: command === 'binary-fragments',
            fin: i === values.length - 1,
            compress: false,
          }));
        break;
      case 'ping':
        socket.ping(values[0]);
        break;
      case 'pong':
        socket.pong(values[0]);
        break;
      case 'close':
        socket.close(Number(values[0].toString()), values[1]);
        break;
      default:
        throw new Error(`unknown command ${command}`);
    }
  });
}
