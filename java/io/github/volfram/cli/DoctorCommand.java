package io.github.volfram.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Tells what works here and what does not. */
@Command(
    name = "doctor",
    description = {
      "Tells which backends are available here, and for each problem what fixes it.",
      "The exit code is 0 when at least one backend works."
    })
final class DoctorCommand implements Callable<Integer> {

  @Override
  public Integer call() {
    Diagnosis diagnosis = new Diagnosis();
    diagnosis.lines().forEach(System.out::println);
    return diagnosis.works() ? 0 : 1;
  }
}
