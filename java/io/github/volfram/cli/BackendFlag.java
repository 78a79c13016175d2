package io.github.volfram.cli;

import io.github.volfram.Backend;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The one switch between the backends. */
final class BackendFlag {

  @Option(
      names = "--backend",
      paramLabel = "auto|native|nio",
      converter = Converter.class,
      description = "Which code polls the sockets (default: auto, or what -Dvolfram.backend says).")
  private Backend choice = Backend.AUTO;

  Backend choice() {
    return choice;
  }

  static final class Converter implements ITypeConverter<Backend> {
    @Override
    public Backend convert(String value) {
      try {
        return Backend.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
