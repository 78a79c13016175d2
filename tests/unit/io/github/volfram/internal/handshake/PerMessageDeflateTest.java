package io.github.volfram.internal.handshake;

import static io.github.volfram.internal.handshake.PerMessageDeflateOffer.ABSENT;
import static io.github.volfram.internal.handshake.PerMessageDeflateOffer.NO_VALUE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class PerMessageDeflateTest {

  private static final String PMD = "permessage-deflate";
  private static final ServerDeflate SMALL = new ServerDeflate(true, true, false, false, 15, 15);

  private static String answer(ServerDeflate options, String... offers) throws HandshakeViolation {
    PerMessageDeflate.Accepted accepted =
        PerMessageDeflate.accept(options, Extensions.parse(List.of(offers)));
    return accepted == null ? "declined" : accepted.response().toString();
  }

  private static DeflateAgreement agreed(String response, PerMessageDeflateOffer... offers)
      throws HandshakeViolation {
    return PerMessageDeflate.agreed(Extensions.parse(List.of(response)), List.of(offers));
  }

  private static void fails(String response, PerMessageDeflateOffer... offers) {
    assertThrows(HandshakeViolation.class, () -> agreed(response, offers), response);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "",
      value = {
        "permessage-deflate, permessage-deflate",
        "permessage-deflate; client_max_window_bits, permessage-deflate",
        "permessage-deflate; client_max_window_bits=15, permessage-deflate",
        "permessage-deflate; client_max_window_bits=9,"
            + " permessage-deflate; client_max_window_bits=9",
        "permessage-deflate; server_no_context_takeover,"
            + " permessage-deflate; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover,"
            + " permessage-deflate; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=15,"
            + " permessage-deflate; server_max_window_bits=15",
      })
  void serverAcceptsAnOfferByNamingItsParameters_rfc7692_7_1(String offer, String response)
      throws Exception {
    assertEquals(response, answer(ServerDeflate.ON, offer));
    assertEquals("declined", answer(ServerDeflate.OFF, offer));
  }

  @ParameterizedTest
  @FieldSource("io.github.volfram.internal.handshake.InvalidParameters#ALL")
  @ValueSource(strings = "server_max_window_bits=99999999999999999999")
  void invalidParametersAreDeclinedByAServerAndFailAClient_rfc7692_7(String parameters)
      throws Exception {
    String text = PMD + "; " + parameters;
    assertEquals("declined", answer(SMALL, text));
    assertEquals(PMD, answer(SMALL, text + ", " + PMD));
    fails(text, new PerMessageDeflateOffer(false, false, ABSENT, NO_VALUE));
  }

  @Test
  void serverTakesTheFirstOfferThatFits_rfc7692_5() throws Exception {
    String small = PMD + "; server_max_window_bits=10";
    String none = PMD + "; server_no_context_takeover";
    assertEquals(none, answer(ServerDeflate.ON, "x-webkit-deflate-frame, " + small, none, PMD));
    assertEquals(small, answer(SMALL, small, none));
    assertEquals("declined", answer(ServerDeflate.ON, small));
    assertEquals("declined", answer(SMALL, "other"));
    assertEquals("declined", answer(SMALL));
  }

  @Test
  void serverClaimsNoSmallWindowThatItLacks_rfc7692_7_1_2_1() throws Exception {
    for (int bits = 8; bits < 15; bits++) {
      String offer = PMD + "; server_max_window_bits=" + bits;
      assertEquals("declined", answer(ServerDeflate.ON, offer));
      assertEquals(offer, answer(SMALL, offer));
    }
    assertThrows(
        IllegalArgumentException.class, () -> new ServerDeflate(true, false, false, false, 14, 15));
  }

  @Test
  void serverMayAskForMoreThanWasOffered_rfc7692_7_1() throws Exception {
    ServerDeflate frugal = new ServerDeflate(true, true, true, true, 10, 9);
    String takeover = PMD + "; server_no_context_takeover; client_no_context_takeover";
    assertEquals(takeover + "; server_max_window_bits=10", answer(frugal, PMD));
    assertEquals(
        takeover + "; server_max_window_bits=10; client_max_window_bits=9",
        answer(frugal, PMD + "; client_max_window_bits"));
    assertEquals(
        takeover + "; server_max_window_bits=9; client_max_window_bits=8",
        answer(frugal, PMD + "; server_max_window_bits=9; client_max_window_bits=8"));
  }

  @Test
  void bothSidesAgreeOnTheSame() throws Exception {
    int[] serverBits = {ABSENT, 8, 12, 15};
    int[] clientBits = {ABSENT, NO_VALUE, 8, 12, 15};
    ServerDeflate[] options = {
      ServerDeflate.ON, SMALL, new ServerDeflate(true, true, true, true, 10, 9)
    };
    for (ServerDeflate server : options) {
      for (int flags = 0; flags < 4; flags++) {
        for (int bits : serverBits) {
          for (int own : clientBits) {
            PerMessageDeflateOffer offer =
                new PerMessageDeflateOffer((flags & 1) != 0, (flags & 2) != 0, bits, own);
            String text = offer.toExtension().toString();
            PerMessageDeflate.Accepted accepted =
                PerMessageDeflate.accept(server, Extensions.parse(List.of(text)));
            if (accepted != null) {
              assertEquals(
                  accepted.agreement(), agreed(accepted.response().toString(), offer), text);
            }
          }
        }
      }
    }
  }

  @Test
  void clientTakesWhatItOffered_rfc7692_7_1() throws Exception {
    PerMessageDeflateOffer any = new PerMessageDeflateOffer(false, false, ABSENT, NO_VALUE);
    assertEquals(new DeflateAgreement(false, false, 15, 15), agreed(PMD, any));
    assertEquals(
        new DeflateAgreement(true, true, 9, 8),
        agreed(
            PMD
                + "; server_no_context_takeover; client_no_context_takeover"
                + "; server_max_window_bits=9; client_max_window_bits=8",
            any));
    PerMessageDeflateOffer hints = new PerMessageDeflateOffer(false, true, ABSENT, 10);
    assertEquals(new DeflateAgreement(false, true, 15, 10), agreed(PMD, hints));
  }

  @Test
  void clientFailsWhatItDidNotOffer_rfc7692_7_1() {
    PerMessageDeflateOffer plain = PerMessageDeflateOffer.PLAIN;
    fails(PMD);
    fails("other", plain);
    fails(PMD + ", " + PMD, plain);
    fails(PMD + ", other", plain);
    fails(PMD + "; client_max_window_bits=15", plain);
    fails(PMD + "; client_max_window_bits", plain);
    PerMessageDeflateOffer bits = new PerMessageDeflateOffer(true, false, 10, 10);
    fails(PMD + "; server_max_window_bits=10", bits);
    fails(PMD + "; server_no_context_takeover", bits);
    fails(PMD + "; server_no_context_takeover; server_max_window_bits=11", bits);
    fails(
        PMD + "; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits=11",
        bits);
    fails(
        PMD + "; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits",
        bits);
  }

  @Test
  void clientMayOfferAFallback_rfc7692_5_1() throws Exception {
    PerMessageDeflateOffer first = new PerMessageDeflateOffer(true, false, 9, ABSENT);
    assertEquals(
        new DeflateAgreement(false, false, 15, 15),
        agreed(PMD, first, PerMessageDeflateOffer.PLAIN));
  }

  @Test
  void windowBitsOfAnOfferAreChecked_rfc7692_7_1_2() {
    for (int bits : new int[] {-2, 1, 7, 16}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new PerMessageDeflateOffer(false, false, bits, ABSENT));
      assertThrows(
          IllegalArgumentException.class,
          () -> new PerMessageDeflateOffer(false, false, ABSENT, bits));
      assertThrows(
          IllegalArgumentException.class, () -> new DeflateAgreement(false, false, bits, 15));
    }
  }

  @Test
  void handshakesCarryTheNegotiation_rfc7692_5() {
    ClientHandshake client =
        new ClientHandshake(
            HandshakeLimits.DEFAULT,
            "x",
            "/",
            HttpHeaders.EMPTY,
            List.of(),
            List.of(
                new PerMessageDeflateOffer(false, false, 10, ABSENT), PerMessageDeflateOffer.PLAIN),
            Wire.SAMPLE_NONCE);
    ServerHandshake server = new ServerHandshake(HandshakeLimits.DEFAULT, false, ServerDeflate.ON);
    Wire.feed(server, Wire.text(client.request()));
    DeflateAgreement agreement = new DeflateAgreement(false, false, 15, 15);
    assertEquals(agreement, server.deflate());
    server.accept(null, HttpHeaders.EMPTY);
    Wire.feed(client, Wire.text(server.response()));
    assertEquals(ClientHandshake.State.OPEN, client.state());
    assertEquals(agreement, client.deflate());
  }

  @Test
  void declinedOfferOpensWithoutCompression_rfc7692_5() {
    ClientHandshake client =
        new ClientHandshake(
            HandshakeLimits.DEFAULT,
            "x",
            "/",
            HttpHeaders.EMPTY,
            List.of(),
            List.of(PerMessageDeflateOffer.PLAIN),
            Wire.SAMPLE_NONCE);
    ServerHandshake server = new ServerHandshake(HandshakeLimits.DEFAULT);
    Wire.feed(server, Wire.text(client.request()));
    assertNull(server.deflate());
    server.accept(null, HttpHeaders.EMPTY);
    Wire.feed(client, Wire.text(server.response()));
    assertEquals(ClientHandshake.State.OPEN, client.state());
    assertNull(client.deflate());
  }

  @Test
  void malformedOfferIs400_9_1() {
    ServerHandshake server = new ServerHandshake(HandshakeLimits.DEFAULT, false, ServerDeflate.ON);
    Wire.feed(
        server,
        Wire.lines(
            "GET / HTTP/1.1",
            "Host: x",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: " + Wire.SAMPLE_KEY,
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Extensions: permessage-deflate;"));
    assertEquals(400, server.responseStatus());
  }
}
