package io.github.volfram.internal.handshake;

import static io.github.volfram.internal.handshake.PerMessageDeflateOffer.ABSENT;
import static io.github.volfram.internal.handshake.PerMessageDeflateOffer.EXTENSION;
import static io.github.volfram.internal.handshake.PerMessageDeflateOffer.MAX_WINDOW_BITS;
import static io.github.volfram.internal.handshake.PerMessageDeflateOffer.NO_VALUE;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Negotiates permessage-deflate (RFC 7692 §5, §7.1) for both sides. Stateless. */
final class PerMessageDeflate {

  /**
   * The first offer that suits the server.
   *
   * @param response what the server answers: its parameters depend on those of the offer
   */
  record Accepted(DeflateAgreement agreement, Extension response) {}

  private PerMessageDeflate() {}

  /** The server's side: takes the first offer that fits, or returns null to decline them all. */
  static @Nullable Accepted accept(ServerDeflate options, List<Extension> offers) {
    if (!options.enabled()) {
      return null;
    }
    for (Extension extension : offers) {
      if (extension.name().equals(EXTENSION)) {
        PerMessageDeflateOffer offer = PerMessageDeflateOffer.parse(extension);
        Accepted accepted = offer == null ? null : accept(options, offer);
        if (accepted != null) {
          return accepted;
        }
      }
    }
    return null;
  }

  private static @Nullable Accepted accept(ServerDeflate options, PerMessageDeflateOffer offer) {
    int asked = valueOr15(offer.serverMaxWindowBits());
    if (asked < MAX_WINDOW_BITS && !options.smallWindows()) {
      return null;
    }
    int serverBits = Math.min(asked, options.serverMaxWindowBits());
    // A client that did not name the parameter does not know it (RFC 7692 §7.1.2.2).
    int clientBits =
        offer.clientMaxWindowBits() == ABSENT
            ? MAX_WINDOW_BITS
            : Math.min(valueOr15(offer.clientMaxWindowBits()), options.clientMaxWindowBits());
    DeflateAgreement agreement =
        new DeflateAgreement(
            offer.serverNoContextTakeover() || options.serverNoContextTakeover(),
            offer.clientNoContextTakeover() || options.clientNoContextTakeover(),
            serverBits,
            clientBits);
    // server_max_window_bits is accepted by naming it, even at 15 (RFC 7692 §7.1.2.1).
    boolean serverBitsNamed = offer.serverMaxWindowBits() != ABSENT || serverBits < MAX_WINDOW_BITS;
    PerMessageDeflateOffer response =
        new PerMessageDeflateOffer(
            agreement.serverNoContextTakeover(),
            agreement.clientNoContextTakeover(),
            serverBitsNamed ? serverBits : ABSENT,
            clientBits < MAX_WINDOW_BITS ? clientBits : ABSENT);
    return new Accepted(agreement, response.toExtension());
  }

  /** The client's side: what the server agreed to, or null when it declined. */
  static @Nullable DeflateAgreement agreed(
      List<Extension> response, List<PerMessageDeflateOffer> offers) throws HandshakeViolation {
    if (response.isEmpty()) {
      return null;
    }
    Extension extension = response.get(0);
    if (offers.isEmpty() || !extension.name().equals(EXTENSION) || response.size() > 1) {
      throw HandshakeViolation.badRequest(
          "RFC 6455 §9.1",
          (offers.isEmpty()
                  ? "expected no extension, got "
                  : "expected one " + EXTENSION + ", got ")
              + HttpSyntax.quoted(Extensions.format(response)));
    }
    PerMessageDeflateOffer answer = PerMessageDeflateOffer.parse(extension);
    if (answer != null && answer.clientMaxWindowBits() != NO_VALUE) {
      for (PerMessageDeflateOffer offer : offers) {
        if (answers(answer, offer)) {
          return agreement(answer, offer);
        }
      }
    }
    throw HandshakeViolation.badRequest(
        "RFC 7692 §7.1",
        "expected parameters that answer an offer, got " + HttpSyntax.quoted(extension.toString()));
  }

  private static boolean answers(PerMessageDeflateOffer answer, PerMessageDeflateOffer offer) {
    boolean takeover = answer.serverNoContextTakeover() || !offer.serverNoContextTakeover();
    boolean serverBits =
        offer.serverMaxWindowBits() == ABSENT
            || (answer.serverMaxWindowBits() != ABSENT
                && answer.serverMaxWindowBits() <= offer.serverMaxWindowBits());
    boolean clientBits =
        answer.clientMaxWindowBits() == ABSENT
            || (offer.clientMaxWindowBits() != ABSENT
                && answer.clientMaxWindowBits() <= valueOr15(offer.clientMaxWindowBits()));
    return takeover && serverBits && clientBits;
  }

  private static DeflateAgreement agreement(
      PerMessageDeflateOffer answer, PerMessageDeflateOffer offer) {
    // What the client offered about itself holds even when the server did not repeat it (RFC 7692
    // §7.1.1.2, §7.1.2.2).
    int clientBits =
        answer.clientMaxWindowBits() == ABSENT
            ? valueOr15(offer.clientMaxWindowBits())
            : answer.clientMaxWindowBits();
    return new DeflateAgreement(
        answer.serverNoContextTakeover(),
        answer.clientNoContextTakeover() || offer.clientNoContextTakeover(),
        valueOr15(answer.serverMaxWindowBits()),
        clientBits);
  }

  private static int valueOr15(int bits) {
    return bits == ABSENT || bits == NO_VALUE ? MAX_WINDOW_BITS : bits;
  }
}
