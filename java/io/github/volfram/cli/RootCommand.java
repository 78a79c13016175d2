package io.github.volfram.cli;

import java.lang.module.ModuleDescriptor;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command that only has subcommands. */
@Command(
    name = "volfram",
    description = "WebSocket servers and clients on a native or a pure-NIO backend.",
    versionProvider = RootCommand.Version.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT, // --help and --version work after every command
    subcommands = {
      EchoCommand.class,
      DemoCommand.class,
      ConnectCommand.class,
      DoctorCommand.class,
      AutobahnClientCommand.class
    })
final class RootCommand implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs a command; returns 0 for success, 1 for failure, 2 for a mistake in the arguments. */
  static int run(String... arguments) {
    Logging.configure();
    return commandLine().execute(arguments);
  }

  static CommandLine commandLine() {
    return new CommandLine(new RootCommand())
        .setParameterExceptionHandler(RootCommand::reportUsage)
        .setExecutionExceptionHandler(RootCommand::reportFailure);
  }

  /** Without a subcommand. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int reportUsage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command
        .getErr()
        .println(Printable.line(name + ": " + e.getMessage() + " (see '" + name + " --help')"));
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int reportFailure(Exception e, CommandLine command, ParseResult parsed) {
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(Printable.line(name + ": " + Failures.describe(e)));
    return e instanceof IllegalArgumentException
        ? command.getCommandSpec().exitCodeOnInvalidInput()
        : command.getCommandSpec().exitCodeOnExecutionException();
  }

  /** The version of the module, or of the jar; classes that are in neither have none. */
  static String version() {
    ModuleDescriptor module = RootCommand.class.getModule().getDescriptor();
    String version =
        module == null
            ? RootCommand.class.getPackage().getImplementationVersion()
            : module.rawVersion().orElse(null);
    return Objects.requireNonNullElse(version, "(development build)");
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"volfram " + version()};
    }
  }
}
