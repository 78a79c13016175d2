// A server made of ws for one connection at a time: node server.mjs SUBPROTOCOL
// It refuses the path /refuse with status 403, and tells the header x-probe of every client.

import { WebSocketServer } from 'ws';
import { obey, report, tell } from './lines.mjs';

const [subprotocol] = process.argv.slice(2);
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  verifyClient: ({ req }, done) =>
    req.url === '/refuse' ? done(false, 403, 'not here') : done(true),
});
let connected;
server.on('listening', () => tell('listening', String(server.address().port)));
server.on('connection', (socket, request) => {
  connected = socket;
  tell('open', socket.protocol, request.headers['x-probe'] ?? '');
  report(socket);
});
obey(() => connected);
