package io.github.volfram.cli;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes such as {@code 65536}, {@code 64k}, {@code 64m} or {@code 64MiB}. */
final class ByteCount implements ITypeConverter<Integer> {

  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,10})(?:([kmg])(?:ib)?)?", Pattern.CASE_INSENSITIVE);

  @Override
  public Integer convert(String value) {
    Matcher matcher = FORM.matcher(value);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "'" + value + "' is not a number of bytes, such as 65536, 64k, 64m or 64MiB");
    }
    int shift =
        switch (Objects.requireNonNullElse(matcher.group(2), "")) {
          case "k", "K" -> 10;
          case "m", "M" -> 20;
          case "g", "G" -> 30;
          default -> 0;
        };
    long number = Long.parseLong(matcher.group(1));
    if (number > Integer.MAX_VALUE >> shift) {
      throw new TypeConversionException("'" + value + "' is more than " + Integer.MAX_VALUE);
    }
    return (int) number << shift;
  }
}
