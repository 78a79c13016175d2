package io.github.volfram.packaging;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The public API of the exported package as text: types in order of name, then their members. */
final class ApiListing {

  private static final String PACKAGE = "io.github.volfram";

  private ApiListing() {}

  /** Lists the types that were compiled into a directory. */
  static List<String> of(Path classes) throws IOException, ClassNotFoundException {
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(classes.resolve(PACKAGE.replace('.', '/')))) {
      for (Path file : files.sorted(Comparator.comparing(Path::toString)).toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".class") && !name.equals("package-info.class")) {
          String simple = name.substring(0, name.length() - ".class".length());
          types.add(
              Class.forName(PACKAGE + "." + simple, false, ApiListing.class.getClassLoader()));
        }
      }
    }
    List<String> lines = new ArrayList<>();
    for (Class<?> type : types) {
      if (isVisible(type)) {
        lines.add(header(type));
        members(type).sorted().forEach(line -> lines.add("  " + line));
      }
    }
    return lines;
  }

  private static boolean isVisible(Class<?> type) {
    return isVisible(type.getModifiers())
        && !type.isSynthetic()
        && (type.getDeclaringClass() == null || isVisible(type.getDeclaringClass()));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String header(Class<?> type) {
    String kind = type.isInterface() ? "interface " : type.isRecord() ? "record " : "class ";
    int shown = Modifier.classModifiers() & ~(type.isInterface() ? Modifier.ABSTRACT : 0);
    StringBuilder header = new StringBuilder(Modifier.toString(type.getModifiers() & shown));
    header.append(type.isSealed() ? " sealed " : " ").append(type.isEnum() ? "enum " : kind);
    header.append(type.getTypeName());
    if (type.getTypeParameters().length > 0) {
      header.append(
          Arrays.stream(type.getTypeParameters())
              .map(parameter -> parameter + " extends " + parameter.getBounds()[0].getTypeName())
              .collect(Collectors.joining(", ", "<", ">")));
    }
    if (type.getGenericSuperclass() != null && type.getSuperclass() != Object.class) {
      header.append(" extends ").append(type.getGenericSuperclass().getTypeName());
    }
    if (type.getInterfaces().length > 0) {
      header
          .append(type.isInterface() ? " extends " : " implements ")
          .append(
              Arrays.stream(type.getGenericInterfaces())
                  .map(java.lang.reflect.Type::getTypeName)
                  .collect(Collectors.joining(", ")));
    }
    return header.toString();
  }

  private static Stream<String> members(Class<?> type) {
    Stream<String> fields =
        Arrays.stream(type.getDeclaredFields())
            .filter(field -> isVisible(field.getModifiers()) && !field.isSynthetic())
            .map(Field::toGenericString);
    Stream<String> constructors =
        Arrays.stream(type.getDeclaredConstructors())
            .filter(ApiListing::isListed)
            .map(Constructor::toGenericString);
    Stream<String> methods =
        Arrays.stream(type.getDeclaredMethods())
            .filter(ApiListing::isListed)
            .map(Method::toGenericString);
    return Stream.of(fields, constructors, methods)
        .flatMap(lines -> lines)
        .map(line -> line.replace(type.getTypeName() + ".", ""));
  }

  private static boolean isListed(Executable member) {
    return isVisible(member.getModifiers()) && !member.isSynthetic();
  }
}
