// A client made of ws: node client.mjs URL SUBPROTOCOLS [HEADER=VALUE]...

import WebSocket from 'ws';
import { obey, report, tell } from './lines.mjs';

const [url, subprotocols, ...pairs] = process.argv.slice(2);
const headers = Object.fromEntries(pairs.map((pair) => pair.split('=')));
const socket = new WebSocket(url, subprotocols.split(',').filter((name) => name !== ''), {
  headers,
});
socket.on('unexpected-response', (request, response) => {
  tell('refused', String(response.statusCode));
  request.destroy();
});
socket.on('open', () => {
  tell('connected', url);
  tell('open', socket.protocol, headers['x-probe'] ?? '');
});
report(socket);
obey(() => socket);
