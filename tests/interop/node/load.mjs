// Many connections at once: node load.mjs URL CONNECTIONS SIZE,SIZE,...
// When all are open, each sends one message of every size, waits for its echo and compares the
// digests. Prints "echoed" with the number of messages, or "error" with what went wrong first.

import { createHash, randomBytes } from 'node:crypto';
import WebSocket from 'ws';
import { tell } from './lines.mjs';

const [url, connections, list] = process.argv.slice(2);
const sizes = list.split(',').map(Number);
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

function open() {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.once('open', () => resolve(socket));
    socket.once('error', reject);
  });
}

function echo(socket, bytes, binary) {
  return new Promise((resolve, reject) => {
    const sent = digest(bytes);
    const lost = (code) => reject(new Error(`closed with ${code} before ${bytes.length} bytes came back`));
    socket.once('close', lost);
    socket.once('message', (data, isBinary) => {
      socket.off('close', lost);
      if (isBinary !== binary) {
        reject(new Error(`${bytes.length} bytes: sent binary=${binary}, received binary=${isBinary}`));
      } else if (digest(data) !== sent) {
        reject(new Error(`sent ${bytes.length} bytes, received ${data.length} others`));
      } else {
        resolve();
      }
    });
    socket.send(bytes, { binary });
  });
}

function close(socket) {
  return new Promise((resolve, reject) => {
    socket.once('close', (code) =>
      code === 1000 ? resolve() : reject(new Error(`closed with ${code}, not 1000`)));
    socket.close(1000);
  });
}

/** So many bytes that are UTF-8, and differ from one message to the next. */
function text(size) {
  return Buffer.from(randomBytes(size).toString('base64').slice(0, size));
}

let echoed = 0;
async function exchange(socket, index) {
  for (let i = 0; i < sizes.length; i++) {
    const size = sizes[(index + i) % sizes.length];
    const binary = index % 2 === 0;
    await echo(socket, binary ? randomBytes(size) : text(size), binary);
    echoed++;
  }
  await close(socket);
}

try {
  const sockets = await Promise.all(Array.from({ length: Number(connections) }, open));
  await Promise.all(sockets.map(exchange));
  tell('echoed', String(echoed));
  process.exit(0);
} catch (error) {
  tell('error', String(error));
  process.exit(1);
}
