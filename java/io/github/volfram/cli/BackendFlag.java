package io.github.volfram.cli;

import io.github.volfram.Backend;
import io.github.volfram.Poller;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The one switch between the backends, and between the pollers of the native one. */
final class BackendFlag {

  @Option(
      names = "--backend",
      paramLabel = "auto|native|nio",
      converter = Converter.class,
      description = "Which code polls the sockets (default: auto, or what -Dvolfram.backend says).")
  private Backend choice = Backend.AUTO;

  @Option(
      names = "--poller",
      paramLabel = "auto|epoll|uring|kqueue",
      converter = PollerConverter.class,
      description =
          "What the native backend polls with (default: auto, or what -Dvolfram.poller says).")
  private Poller poller = Poller.AUTO;

  Backend choice() {
    return choice;
  }

  Poller poller() {
    return poller;
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

  static final class PollerConverter implements ITypeConverter<Poller> {
    @Override
    public Poller convert(String value) {
      try {
        return Poller.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
