/*
 * uWebSockets 0.14 on the loopback: an echo server (uwebsockets PORT), one that passes each message
 * to all other connections (fanout), one over TLS (wss PEM), or one that compresses (deflate).
 */
#include <uWS.h>

#include <openssl/err.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace
{

typedef uWS::WebSocket<uWS::SERVER> Connection;

const unsigned int MAX_PAYLOAD = 16 << 20;

int fail(const char *what)
{
    fprintf(stderr, "uwebsockets: %s\n", what);
    return 1;
}

void raise_limit()
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* Formatted once for all, as its documentation advises. */
void pass_on(uWS::Hub &hub, Connection *publisher, char *message, size_t length, uWS::OpCode opcode)
{
    Connection::PreparedMessage *prepared =
        Connection::prepareMessage(message, length, opcode, false);
    hub.getDefaultGroup<uWS::SERVER>().forEach([publisher, prepared](Connection *connection) {
        if (connection != publisher) {
            connection->sendPrepared(prepared);
        }
    });
    Connection::finalizeMessage(prepared);
}

} // namespace

int main(int count, char **arguments)
{
    if (count < 2) {
        return fail("expected PORT [echo | fanout | wss PEM | deflate]");
    }
    int port = atoi(arguments[1]);
    std::string mode = count > 2 ? arguments[2] : "echo";
    bool deflate = mode == "deflate";
    raise_limit();
    /* With the window each connection keeps its context, as the other servers do. */
    uWS::Hub hub(deflate ? uWS::PERMESSAGE_DEFLATE | uWS::SLIDING_DEFLATE_WINDOW : uWS::NO_OPTIONS,
                 false, MAX_PAYLOAD);
    uS::TLS::Context tls;
    if (mode == "wss") {
        tls = count > 3 ? uS::TLS::createContext(arguments[3], arguments[3]) : nullptr;
        if (!tls) {
            return fail("wss needs a file with the certificate and its key, PEM");
        }
    }

    if (mode == "fanout") {
        hub.onMessage([&hub](Connection *connection, char *message, size_t length,
                             uWS::OpCode opcode) {
            pass_on(hub, connection, message, length, opcode);
        });
    } else {
        hub.onMessage([deflate](Connection *connection, char *message, size_t length,
                                uWS::OpCode opcode) {
            connection->send(message, length, opcode, nullptr, nullptr, deflate);
        });
    }
    /* It leaves a failed connection's errors in OpenSSL's queue, for the next one to find. */
    hub.onDisconnection([](Connection *, int, char *, size_t) { ERR_clear_error(); });
    hub.onHttpDisconnection([](uWS::HttpSocket<uWS::SERVER> *) { ERR_clear_error(); });
    if (!hub.listen("127.0.0.1", port, tls)) {
        return fail("cannot listen");
    }
    puts("ready");
    fflush(stdout);
    hub.run();
    return fail("the loop ended");
}
