// ws over TLS, with compression: node secure.mjs server CERTIFICATE KEY
//                             or node secure.mjs client URL CERTIFICATE
// The server echoes, writes its port on standard output, and ends when its standard input does.
// The client sends messages of several lengths, each once its forerunner has come back, and tells
// whether all of them did so unchanged.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import WebSocket, { WebSocketServer } from 'ws';
import { tell } from './lines.mjs';

const perMessageDeflate = { threshold: 0 };
const [role, first, second] = process.argv.slice(2);

function serve() {
  const https = createServer({ cert: readFileSync(first), key: readFileSync(second) });
  const server = new WebSocketServer({ server: https, perMessageDeflate });
  server.on('connection', (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })));
  https.listen(0, '127.0.0.1', () => tell('listening', String(https.address().port)));
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
}

function connect() {
  const socket = new WebSocket(first, { ca: readFileSync(second), perMessageDeflate });
  const messages = [
    Buffer.from(''),
    Buffer.from('grüße '.repeat(1000)),
    randomBytes(100_000),
    Buffer.alloc(300_000, 'again and again '),
    Buffer.alloc(300_000, 'again and again '),
  ];
  let done = 0;
  const next = () => socket.send(messages[done], { binary: done > 1 });
  socket.on('open', next);
  socket.on('message', (data, isBinary) => {
    if (isBinary !== done > 1 || !messages[done].equals(data)) {
      tell('error', `message ${done} came back changed`);
      socket.terminate();
    } else if (++done === messages.length) {
      socket.close(1000);
    } else {
      next();
    }
  });
  socket.on('error', (error) => tell('error', String(error)));
  socket.on('close', (code) => tell('echoed', `${done} ${code} ${socket.extensions}`));
}

role === 'server' ? serve() : connect();
