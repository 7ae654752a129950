// Writes each line, base64 of a JSON text, as Java's libraries write its value: one JSON object per line, from habits to base64.
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

public final class Reserialize {
    public static void main(String[] arguments) throws Exception {
        ObjectMapper jackson = new ObjectMapper();
        ObjectMapper ascii = JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
        Gson gson = new Gson();
        Gson pretty = new GsonBuilder().setPrettyPrinting().create();
        Gson plain = new GsonBuilder().disableHtmlEscaping().create();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String text = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
            Object tree = jackson.readValue(text, Object.class);
            Map<String, String> written = new LinkedHashMap<>();
            written.put("Jackson", jackson.writeValueAsString(tree));
            written.put("Jackson, pretty", jackson.writerWithDefaultPrettyPrinter().writeValueAsString(tree));
            written.put("Jackson, ASCII", ascii.writeValueAsString(tree));
            written.put("Jackson, HashMap", jackson.writeValueAsString(new HashMap<>((Map<?, ?>) tree)));
            written.put("Jackson, TreeMap", jackson.writeValueAsString(new TreeMap<>((Map<?, ?>) tree)));
            written.put("Gson, of maps", gson.toJson(gson.fromJson(text, Object.class)));
            written.put("Gson", gson.toJson(JsonParser.parseString(text)));
            written.put("Gson, pretty", pretty.toJson(JsonParser.parseString(text)));
            written.put("Gson, without HTML escapes", plain.toJson(JsonParser.parseString(text)));
            Map<String, String> encoded = new LinkedHashMap<>();
            for (Map.Entry<String, String> entry : written.entrySet()) {
                encoded.put(entry.getKey(), Base64.getEncoder().encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8)));
            }
            System.out.println(jackson.writeValueAsString(encoded));
        }
    }
}
