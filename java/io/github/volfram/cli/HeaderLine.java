package io.github.volfram.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A header as it is given on the command line: {@code Name: value}. */
record HeaderLine(String name, String value) {

  static final class Converter implements ITypeConverter<HeaderLine> {
    @Override
    public HeaderLine convert(String line) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new TypeConversionException("'" + line + "' is not of the form 'Name: value'");
      }
      return new HeaderLine(line.substring(0, colon), line.substring(colon + 1).strip());
    }
  }
}
