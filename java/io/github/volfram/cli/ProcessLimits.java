package io.github.volfram.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How many files, and so how many connections, this process may have open.
 *
 * @param soft what holds now, {@code Long.MAX_VALUE} for no limit
 * @param hard to what the process may raise it
 */
record ProcessLimits(long soft, long hard) {

  private static final Pattern OPEN_FILES = Pattern.compile("Max open files\\s+(\\S+)\\s+(\\S+).*");

  /** The limits of this process, or null where the system does not show them. */
  static @Nullable ProcessLimits current() {
    try {
      return parse(Files.readAllLines(Path.of("/proc/self/limits")));
    } catch (IOException e) {
      return null;
    }
  }

  static @Nullable ProcessLimits parse(List<String> lines) {
    for (String line : lines) {
      Matcher matcher = OPEN_FILES.matcher(line);
      if (matcher.matches()) {
        return new ProcessLimits(number(matcher.group(1)), number(matcher.group(2)));
      }
    }
    return null;
  }

  private static long number(String text) {
    return text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text);
  }

  private static String text(long limit) {
    return limit == Long.MAX_VALUE ? "unlimited" : Long.toString(limit);
  }

  @Override
  public String toString() {
    return text(soft) + " soft, " + text(hard) + " hard";
  }
}
