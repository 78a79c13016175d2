package io.github.volfram.cli;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The name that a member asks for in the query of its request. */
final class ChatName {

  /** Letters and digits of any script; nothing that could be taken for another's line. */
  private static final Pattern FORM = Pattern.compile("[\\p{L}\\p{M}\\p{N}._-]{1,24}");

  private static final String PARAMETER = "name=";

  private ChatName() {}

  /** The name asked for, or the one for those who ask for none or for one that is no name. */
  static String of(@Nullable String query, String otherwise) {
    for (String part : query == null ? new String[0] : query.split("&")) {
      if (part.startsWith(PARAMETER)) {
        String name = decoded(part.substring(PARAMETER.length()));
        return FORM.matcher(name).matches() ? name : otherwise;
      }
    }
    return otherwise;
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
