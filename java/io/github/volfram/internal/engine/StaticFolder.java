package io.github.volfram.internal.engine;

import io.github.volfram.UpgradeResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a folder, kept in memory by their relative path. A request can only find what is in
 * this map, so there is nothing to traverse. Immutable; any thread.
 */
public final class StaticFolder {

  private static final long MAX_FILE_BYTES = 4 << 20;
  private static final long MAX_FOLDER_BYTES = 64 << 20;

  private static final UpgradeResponse NOT_FOUND = UpgradeResponse.reject(404, "not found\n");

  private static final UpgradeResponse MALFORMED =
      UpgradeResponse.reject(400, "expected a percent-encoded path of UTF-8\n");

  private static final String UNKNOWN_TYPE = "application/octet-stream";

  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("html", "text/html; charset=utf-8"),
          Map.entry("htm", "text/html; charset=utf-8"),
          Map.entry("css", "text/css; charset=utf-8"),
          Map.entry("js", "text/javascript; charset=utf-8"),
          Map.entry("mjs", "text/javascript; charset=utf-8"),
          Map.entry("txt", "text/plain; charset=utf-8"),
          Map.entry("md", "text/markdown; charset=utf-8"),
          Map.entry("csv", "text/csv; charset=utf-8"),
          Map.entry("xml", "application/xml"),
          Map.entry("json", "application/json"),
          Map.entry("map", "application/json"),
          Map.entry("wasm", "application/wasm"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("svg", "image/svg+xml"),
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("gif", "image/gif"),
          Map.entry("webp", "image/webp"),
          Map.entry("ico", "image/x-icon"),
          Map.entry("woff", "font/woff"),
          Map.entry("woff2", "font/woff2"));

  private final Map<String, UpgradeResponse> answers;

  private StaticFolder(Map<String, UpgradeResponse> answers) {
    this.answers = answers;
  }

  /** Reads a folder. Blocks. */
  public static StaticFolder read(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("expected a folder, got " + folder);
    }
    Path root = folder.toRealPath();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(root)) {
      files = walk.filter(file -> isServed(root, file)).toList();
    }
    Map<String, UpgradeResponse> answers = new HashMap<>();
    long total = 0;
    for (Path file : files) {
      Path real = file.toRealPath();
      if (!real.startsWith(root)) {
        continue; // a link that leads out of the folder
      }
      long size = Files.size(real);
      total += size;
      if (size > MAX_FILE_BYTES || total > MAX_FOLDER_BYTES) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "expected files of at most %d bytes, %d together, got %s of %d, %d so far",
                MAX_FILE_BYTES,
                MAX_FOLDER_BYTES,
                file,
                size,
                total));
      }
      String name =
          root.relativize(file).toString().replace(file.getFileSystem().getSeparator(), "/");
      UpgradeResponse answer =
          UpgradeResponse.respond(200, typeOf(name), Files.readAllBytes(real))
              .withHeader("X-Content-Type-Options", "nosniff");
      answers.put(name, answer);
      if (name.equals("index.html") || name.endsWith("/index.html")) {
        answers.put(name.substring(0, name.length() - "index.html".length()), answer);
      }
    }
    return new StaticFolder(Map.copyOf(answers));
  }

  private static boolean isServed(Path root, Path file) {
    for (Path name : root.relativize(file)) {
      if (name.toString().startsWith(".")) {
        return false;
      }
    }
    return Files.isRegularFile(file) && Files.isReadable(file);
  }

  private static String typeOf(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return TYPES.getOrDefault(extension, UNKNOWN_TYPE);
  }

  /** The answer to a path beneath the folder's, still percent-encoded. */
  public UpgradeResponse answer(String encoded) {
    String name = decoded(encoded);
    return name == null ? MALFORMED : answers.getOrDefault(name, NOT_FOUND);
  }

  /** Decoded once, strictly; null for what is malformed. */
  private static @Nullable String decoded(String encoded) {
    ByteBuffer bytes = ByteBuffer.allocate(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        boolean complete = i + 2 < encoded.length();
        int high = complete ? Character.digit(encoded.charAt(i + 1), 16) : -1;
        int low = complete ? Character.digit(encoded.charAt(i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          return null;
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else if (c < ' ' || c > '~') {
        return null;
      } else {
        bytes.put((byte) c);
      }
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
      return text.indexOf('\0') < 0 ? text : null;
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}
